"""Values in, text out: plans, runs, budgets and links for people and for programs, and progress while they happen."""
