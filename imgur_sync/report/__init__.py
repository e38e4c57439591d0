"""Plans, runs, budgets and links as text, JSON and markup."""
