package io.jakube.common.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTextTest {
    @Test
    void countersAndGauges() {
        String text = new MetricsText().family("a_total", "counter", "What it counts.").series(3, "name", "x\"y").series(0.5).toString();
        assertThat(text).isEqualTo("# HELP a_total What it counts.\n# TYPE a_total counter\na_total{name=\"x\\\"y\"} 3\na_total 0.5\n");
    }

    @Test
    void histogramsAreCumulative() {
        Histogram histogram = Histogram.exponential(0.001, 10, 3);
        histogram.observe(500_000);
        histogram.observe(50_000_000);
        histogram.observe(5_000_000_000L);
        String text = new MetricsText().family("d_seconds", "histogram", "How long.").series(histogram, "verb", "GET").toString();
        assertThat(text).endsWith("""
                d_seconds_bucket{verb="GET",le="0.001"} 1
                d_seconds_bucket{verb="GET",le="0.01"} 1
                d_seconds_bucket{verb="GET",le="0.1"} 2
                d_seconds_bucket{verb="GET",le="+Inf"} 3
                d_seconds_sum{verb="GET"} 5.0505
                d_seconds_count{verb="GET"} 3
                """);
        assertThat(histogram.count()).isEqualTo(3);
    }
}
