"""imgur-sync: folders of pictures mirrored into Imgur albums."""

__version__ = "0.1.0"
