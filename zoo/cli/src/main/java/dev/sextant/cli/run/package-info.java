/// What a training leaves behind: the run folder with its lock, metrics, run card and page.
package dev.sextant.cli.run;
