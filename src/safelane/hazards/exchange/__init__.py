"""What hazardous areas, finds and survey boxes are in files."""
