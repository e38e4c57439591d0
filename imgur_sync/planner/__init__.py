"""Pure decisions: matching, diff, order, prices, gates, markers, recovery, digest. No clock, I/O, threads or chance."""
