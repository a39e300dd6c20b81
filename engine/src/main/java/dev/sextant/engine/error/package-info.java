/// One exception hierarchy: everything Sextant throws on purpose is a [SextantException].
package dev.sextant.engine.error;
