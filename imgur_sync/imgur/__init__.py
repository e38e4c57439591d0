"""The Imgur API: the one seam to the network."""
