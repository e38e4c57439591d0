"""The status page of a daemon: what it shows is published on the daemon's thread, and served on threads of its own.

`Publisher` makes a frozen value of all that is shown; `PageServer` answers from that value alone. No thread of the
server touches the state, the ledger or the daemon.
"""
