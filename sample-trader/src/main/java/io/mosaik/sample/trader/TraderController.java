package io.mosaik.sample.trader;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mosaik.Network;
import io.mosaik.sample.Connections;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The trader's progress as JSON. */
@RestController
class TraderController {

  private final Network network;
  private final Trader trader;

  TraderController(Network network, Trader trader) {
    this.network = network;
    this.trader = trader;
  }

  /**
   * What {@code /api/trader} answers.
   *
   * @param connections whom this node is connected to
   * @param trader its id on its orders
   * @param progress how far it is
   */
  record View(
      @JsonUnwrapped Connections connections,
      String trader,
      @JsonUnwrapped Trader.Progress progress) {}

  @PostMapping("/api/trader/start")
  void start() {
    trader.start();
  }

  @GetMapping("/api/trader")
  View trader() {
    return new View(Connections.of(network, "", "orders"), trader.name(), trader.progress());
  }
}
