package io.mosaik.sim;

/**
 * Unwinds a task whose node crashed while it waited. Not an exception, so that nobody handles it.
 */
final class NodeCrashed extends Error {

  private static final long serialVersionUID = 1L;

  NodeCrashed(String nodeName) {
    super("node '" + nodeName + "' crashed", null, false, false);
  }
}
