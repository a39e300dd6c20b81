/// Lessons that run: each is a short program on made-up data, and asserts what it teaches.
package dev.sextant.zoo.examples;
