"""Reading patients: who they are, what is kept about them, their visits."""
