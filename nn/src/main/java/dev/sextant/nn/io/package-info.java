/// Files: safetensors, JSON, atomic writing. Readers trust nothing: a hostile file gives one clear error.
package dev.sextant.nn.io;
