package io.mosaik.architecture.violations.streams;

class CheckedException extends Exception {
  private static final long serialVersionUID = 1;
}
