"""How the partnerships of a region stand, each by its own master."""
