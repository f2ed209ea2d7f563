"""The terminal side: the loop, the key gate and the driver; knows Textual only."""
