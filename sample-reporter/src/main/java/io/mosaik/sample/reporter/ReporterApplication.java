package io.mosaik.sample.reporter;

import io.mosaik.sample.ExitWithParent;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The reporter of the trading network. */
@SpringBootApplication
@EnableScheduling
public class ReporterApplication {

  /**
   * Starts the reporter.
   *
   * @param args Spring Boot's
   */
  public static void main(String[] args) {
    ExitWithParent.ifAsked();
    SpringApplication.run(ReporterApplication.class, args);
  }
}
