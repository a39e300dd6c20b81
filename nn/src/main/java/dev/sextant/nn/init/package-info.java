/// Initial values of parameters.
package dev.sextant.nn.init;
