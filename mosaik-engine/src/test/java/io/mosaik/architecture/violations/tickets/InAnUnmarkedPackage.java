package io.mosaik.architecture.violations.tickets;

class InAnUnmarkedPackage {}
