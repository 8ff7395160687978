"""The faulty servers of the lab."""
