package io.mosaik.sample.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has to be true when everything is done: every order that a trader sent was applied exactly
 * once on every matcher that lives, all books are equal, and every reporter counted every fill of
 * the book exactly once and adds up to the same.
 */
final class Verdict {

  /** Equal on all books. */
  private static final List<String> BOOKS_AGREE_ON =
      List.of("stateDigest", "orders", "resting", "fills", "fillsDigest", "pairs", "positions");

  /** Equal between a reporter and the book. */
  private static final List<String> REPORTERS_AGREE_ON =
      List.of("fills", "fillsDigest", "pairs", "positions");

  private final List<String> problems = new ArrayList<>();

  private Verdict() {}

  /**
   * Checks the result.
   *
   * @param expectedOrders how many orders there were to send
   * @param traders last answers by node name
   * @param books the same of the matchers that live
   * @param reports the same of the reporters
   * @return what is wrong, in words; empty if everything is right
   */
  static List<String> check(
      long expectedOrders,
      Map<String, Json.View> traders,
      Map<String, Json.View> books,
      Map<String, Json.View> reports) {
    var verdict = new Verdict();
    verdict.checkTraders(expectedOrders, traders);
    Map<String, Long> sent = new TreeMap<>();
    traders.values().forEach(trader -> sent.put(trader.text("trader"), trader.number("sent")));
    books.forEach((name, book) -> verdict.checkBook(name, book, sent));
    Map.Entry<String, Json.View> reference = books.entrySet().stream().findFirst().orElse(null);
    if (reference == null) {
      verdict.problems.add("no matcher is left");
      return verdict.problems;
    }
    books.forEach((name, book) -> verdict.compare(name, book, reference, BOOKS_AGREE_ON));
    reports.forEach((name, report) -> verdict.checkReport(name, report, reference));
    return verdict.problems;
  }

  private void checkTraders(long expectedOrders, Map<String, Json.View> traders) {
    long sent = 0;
    for (var trader : traders.entrySet()) {
      sent += trader.getValue().number("sent");
      if (!trader.getValue().truth("finished")) {
        problems.add(trader.getKey() + " has not sent all of its orders");
      }
    }
    if (sent != expectedOrders) {
      problems.add("the traders sent " + sent + " of " + expectedOrders + " orders");
    }
  }

  private void checkBook(String name, Json.View book, Map<String, Long> sent) {
    Json.View applied = book.object("ordersByTrader");
    sent.forEach((trader, count) -> {
      long here = applied.values().containsKey(trader) ? applied.number(trader) : 0;
      if (here != count) {
        problems.add(
            name + " applied " + here + " of the " + count + " orders that " + trader + " sent");
      }
    });
    applied
        .values()
        .keySet()
        .forEach(trader -> {
          if (!sent.containsKey(trader)) {
            problems.add(name + " applied orders of " + trader + ", which is no trader here");
          }
        });
    if (book.number("pending") != 0) {
      problems.add(name + " still waits for " + book.number("pending") + " orders to be applied");
    }
  }

  private void checkReport(String name, Json.View report, Map.Entry<String, Json.View> reference) {
    long fills = reference.getValue().number("fills");
    if (report.number("watermark") != fills) {
      problems.add(
          name
              + " has all fills up to "
              + report.number("watermark")
              + " of "
              + fills
              + "; missing: "
              + report.values().get("gaps"));
    }
    compare(name, report, reference, REPORTERS_AGREE_ON);
  }

  private void compare(
      String name,
      Json.View node,
      Map.Entry<String, Json.View> reference,
      List<String> properties) {
    for (String property : properties) {
      Object here = required(node, property);
      Object there = required(reference.getValue(), property);
      if (!Objects.equals(here, there)) {
        problems.add(
            "%s and %s differ in %s: %s and %s"
                .formatted(name, reference.getKey(), property, here, there));
      }
    }
  }

  private static Object required(Json.View view, String property) {
    @Nullable Object value = view.values().get(property);
    if (value == null) {
      throw new DemoException("a node's answer has no \"" + property + "\": " + view.values());
    }
    return value;
  }
}
