package io.mosaik.sample.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demonstration prints: lines with the seconds since the start, nothing twice. */
final class Screen {

  private static final long PROGRESS_EVERY_NS = 1_000_000_000L;

  private final long startNs = System.nanoTime();
  private final Map<String, String> shownTopology = new LinkedHashMap<>();
  private String shownProgress = "";
  private long progressAtNs = startNs;

  /** A line of its own. */
  void say(String text) {
    System.out.printf("%5.1f s  %s%n", (System.nanoTime() - startNs) / 1e9, text);
  }

  /** A line about one node. */
  void node(Node node, String text) {
    say("%-11s %s".formatted(node.name(), text));
  }

  /** A line about whom the node is connected to, if that has changed. */
  void topology(Node node, String leader, List<Node> all) {
    Json.View status = node.status();
    if (status == null) {
      return;
    }
    String text =
        switch (node.role()) {
          case TRADER ->
              "knows %d peers, is heard by %d matchers"
                  .formatted(status.number("knownPeers"), status.number("consumers"));
          case REPORTER ->
              "knows %d peers, hears %d matchers"
                  .formatted(status.number("knownPeers"), status.number("producers"));
          case MATCHER ->
              "knows %d peers, hears %d traders, is heard by %d reporters, %s"
                  .formatted(
                      status.number("knownPeers"),
                      status.number("producers"),
                      status.number("consumers"),
                      standing(status, leader));
        };
    if (!text.equals(shownTopology.put(node.name(), text))) {
      node(node, text);
    }
  }

  private static String standing(Json.View status, String leader) {
    return switch (status.text("role")) {
      case "LEADER" -> "leads " + status.number("committee") + " voters";
      case "FOLLOWER" -> leader.isEmpty() ? "follows" : "follows " + leader;
      case "LEARNER" -> leader.isEmpty() ? "learns" : "learns from " + leader;
      case "CANDIDATE" -> "wants to lead";
      default -> "waits for its group";
    };
  }

  /** What must change for the network to be getting anywhere. */
  static String movementOf(Node node) {
    Json.View status = node.status();
    if (status == null) {
      return "";
    }
    return switch (node.role()) {
      case TRADER -> status.number("sent") + "/" + status.number("consumers");
      case MATCHER ->
          status.number("orders")
              + "/"
              + status.number("fills")
              + "/"
              + status.text("role")
              + "/"
              + status.number("committee")
              + "/"
              + status.number("producers")
              + "/"
              + status.number("consumers");
      case REPORTER -> status.number("fills") + "/" + status.number("producers");
    };
  }

  /** A line of progress, at most one a second. */
  void progress(String text) {
    long now = System.nanoTime();
    if (now - progressAtNs >= PROGRESS_EVERY_NS && !text.equals(shownProgress)) {
      progressAtNs = now;
      shownProgress = text;
      say(text);
    }
  }

  /** The result. */
  void result(
      long orders,
      Json.View book,
      Map<String, Json.View> traders,
      Map<String, Json.View> books,
      Map<String, Json.View> reports) {
    long first =
        traders.values().stream().mapToLong(t -> t.number("firstSentAtMicros")).min().orElse(0);
    long last =
        books.values().stream().mapToLong(b -> b.number("lastAppliedAtMicros")).max().orElse(0);
    double seconds = Math.max(1, last - first) / 1e6;
    say("Right: all is accounted for, and all agree.");
    System.out.println();
    line("orders", "%,d, each applied once on %d matchers".formatted(orders, books.size()));
    line(
        "fills",
        "%,d, each counted once by %d reporters (heard again and dropped: %s)"
            .formatted(book.number("fills"), reports.size(), join(reports, "duplicates")));
    line("resting", "%,d orders on the books".formatted(book.number("resting")));
    line("throughput", "%,.0f orders/s over %.1f s".formatted(orders / seconds, seconds));
    line(
        "latency",
        "order to fill p50 %.1f ms, p99 %.1f ms, longest %.1f ms"
            .formatted(
                max(reports, "latencyP50Micros") / 1e3,
                max(reports, "latencyP99Micros") / 1e3,
                max(reports, "latencyMaxMicros") / 1e3));
    line("digest", "book " + book.text("stateDigest") + ", fills " + book.text("fillsDigest"));
    Json.View pairs = book.object("pairs");
    for (String pair : pairs.values().keySet()) {
      Json.View volume = pairs.object(pair);
      line(
          pair,
          "%,d fills, %,d lots, VWAP %s ticks"
              .formatted(
                  volume.number("fills"),
                  volume.number("quantityLots"),
                  String.valueOf(volume.values().get("vwapTicks"))));
    }
    System.out.println();
  }

  private static void line(String what, String text) {
    System.out.printf("  %-11s %s%n", what, text);
  }

  private static long max(Map<String, Json.View> views, String property) {
    return views.values().stream().mapToLong(view -> view.number(property)).max().orElse(0);
  }

  private static String join(Map<String, Json.View> views, String property) {
    List<String> texts =
        views.values().stream().map(view -> "%,d".formatted(view.number(property))).toList();
    return String.join(" and ", texts);
  }
}
