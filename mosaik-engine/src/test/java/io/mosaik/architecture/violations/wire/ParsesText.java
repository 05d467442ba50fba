package io.mosaik.architecture.violations.wire;

record ParsesText(String text) {

  static ParsesText parse(String text) {
    return new ParsesText(text);
  }
}
