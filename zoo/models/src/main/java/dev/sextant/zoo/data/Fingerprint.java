package dev.sextant.zoo.data;

/// What a file must contain once it is unpacked. (Packed, the same content differs from one distributor to another.)
///
/// @param bytes  its size
/// @param sha256 its hash, hexadecimal in small letters
record Fingerprint(int bytes, String sha256) {
}
