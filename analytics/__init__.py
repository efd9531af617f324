"""Pure planning mathematics: arrays and frames in, frames and frozen dataclasses out."""
