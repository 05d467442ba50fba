/**
 * Holds the engine to its architecture: which package may import which, which may touch the
 * machine, and what no class may do.
 *
 * <p>{@link io.mosaik.architecture.Architecture} has the rules over compiled classes, {@link
 * io.mosaik.architecture.SourceRules} those that only the source shows. {@code ArchitectureTest}
 * applies them to the engine, {@code RulesBiteTest} to the made-up house in {@code violations},
 * where every rule is broken once on purpose.
 */
@NullMarked
package io.mosaik.architecture;

import org.jspecify.annotations.NullMarked;
