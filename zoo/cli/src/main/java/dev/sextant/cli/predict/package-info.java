/// What a trained model says of image files, as numbers and as a page.
package dev.sextant.cli.predict;
