package io.mosaik.sample.reporter;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mosaik.Network;
import io.mosaik.sample.Connections;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The report as JSON. */
@RestController
class ReportController {

  private final Network network;
  private final Reporter reporter;

  ReportController(Network network, Reporter reporter) {
    this.network = network;
    this.reporter = reporter;
  }

  /**
   * What {@code /api/report} answers.
   *
   * @param connections whom this node is connected to
   * @param summary what it counted
   */
  record View(@JsonUnwrapped Connections connections, @JsonUnwrapped FillLedger.Summary summary) {}

  @GetMapping("/api/report")
  View report() {
    return new View(Connections.of(network, "fills", "fill-requests"), reporter.summary());
  }
}
