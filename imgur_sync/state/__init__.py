"""What must survive: synced tree, journal, credit ledger, tokens, locks; and caches that need not."""
