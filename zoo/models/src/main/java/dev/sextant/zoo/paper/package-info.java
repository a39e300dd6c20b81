/// Networks as their papers have them, where the book's and torchvision's editions depart from that.
package dev.sextant.zoo.paper;
