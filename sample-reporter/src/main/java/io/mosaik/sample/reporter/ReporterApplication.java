package io.mosaik.sample.reporter;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The reporter of the trading network. */
@SpringBootApplication
public class ReporterApplication {

  /**
   * Starts the reporter.
   *
   * @param args Spring Boot's
   */
  public static void main(String[] args) {
    SpringApplication.run(ReporterApplication.class, args);
  }
}
