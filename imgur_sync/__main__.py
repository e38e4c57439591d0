"""`python -m imgur_sync` is the same as `imgur-sync`."""

from imgur_sync.cli import main

if __name__ == "__main__":
    main()
