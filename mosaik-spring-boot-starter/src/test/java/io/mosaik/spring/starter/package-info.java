/** The starter as its users get it: with the engine's jar, and nothing that they didn't ask for. */
@NullMarked
package io.mosaik.spring.starter;

import org.jspecify.annotations.NullMarked;
