package io.mosaik.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

/**
 * The floors of the house. A subpackage is on its parent's floor; the simulation stands beside and
 * may see all of them.
 */
record Layers(String root) {

  /** From the roof down. The facade is the root package itself. */
  static final List<String> NAMES =
      List.of(
          "facade",
          "collections",
          "groups",
          "streams",
          "discovery",
          "tickets",
          "transport",
          "runtime",
          "wire",
          "id");

  private static final int NONE = -1;

  ArchCondition<JavaClass> importOnlyDown() {
    return new ArchCondition<>("import only from their own layer and those below") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        int from = floorOf(type);
        if (from == NONE) {
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          int to = floorOf(dependency.getTargetClass().getBaseComponentType());
          if (to != NONE && to < from) {
            events.add(
                SimpleConditionEvent.violated(
                    dependency,
                    NAMES.get(from)
                        + " may not import "
                        + NAMES.get(to)
                        + ": "
                        + dependency.getDescription()));
          }
        }
      }
    };
  }

  ArchCondition<JavaClass> belongToALayer() {
    return new ArchCondition<>("belong to a layer") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean known = floorOf(type) != NONE || childOf(type).equals("sim");
        events.add(
            new SimpleConditionEvent(
                type, known, type.getName() + " is in no layer: the layers are " + NAMES));
      }
    };
  }

  private int floorOf(JavaClass type) {
    if (type.getPackageName().equals(root)) {
      return 0;
    }
    return NAMES.indexOf(childOf(type));
  }

  /** The name right below the root, of a type anywhere under it. */
  private String childOf(JavaClass type) {
    if (!type.getPackageName().startsWith(root + ".")) {
      return "";
    }
    String below = type.getPackageName().substring(root.length() + 1);
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }
}
