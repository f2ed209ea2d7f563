"""What clerks type: dates, times, and the lines behind `:`."""
