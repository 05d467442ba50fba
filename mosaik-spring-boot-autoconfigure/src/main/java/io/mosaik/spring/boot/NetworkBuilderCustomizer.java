package io.mosaik.spring.boot;

import io.mosaik.NetworkBuilder;

/**
 * Changes what {@code mosaik.*} said before the node starts. Beans of this type are called in their
 * order.
 */
@FunctionalInterface
public interface NetworkBuilderCustomizer {

  /** Changes the builder. */
  void customize(NetworkBuilder builder);
}
