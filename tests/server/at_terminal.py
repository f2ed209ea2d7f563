"""`python at_terminal.py COMMAND …` runs a command at the terminal that is its standard input, as a log-in does."""

import fcntl
import os
import sys
import termios

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
