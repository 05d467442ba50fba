package io.mosaik.architecture.violations.oddments;

class Stray {}
