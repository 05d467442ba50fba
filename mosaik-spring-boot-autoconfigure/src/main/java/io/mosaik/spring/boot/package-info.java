/**
 * Auto-configuration: from {@code mosaik.*} to a running node whose parts can be injected.
 *
 * <p>{@link io.mosaik.spring.boot.MosaikAutoConfiguration} makes the {@link io.mosaik.Network}; the
 * others hang on it: injection of producers, consumers and groups, listeners, health, info and
 * metrics. A bean of the user's own of the same type always wins.
 */
@NullMarked
package io.mosaik.spring.boot;

import org.jspecify.annotations.NullMarked;
