package io.mosaik.architecture.violations.discovery.rtt;

import io.mosaik.architecture.violations.discovery.CyclicParent;

/** Half of a cycle. */
public class CyclicChild extends CyclicParent {}
