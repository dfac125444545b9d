"""What people type: coordinates in any form, bearings and distances."""
