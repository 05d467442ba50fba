package io.mosaik.architecture.violations.runtime;

import java.util.concurrent.Executor;

/** Runs tasks one after the other. */
public interface Strand extends Executor {}
