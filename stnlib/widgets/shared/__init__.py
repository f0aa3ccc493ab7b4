"""What the live figures share: base class, traits, scripts that several of them use."""
