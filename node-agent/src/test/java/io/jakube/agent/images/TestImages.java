package io.jakube.agent.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Images for tests, made from Debian's busybox-static instead of being pulled. */
public final class TestImages {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final List<String> APPLETS = List.of("awk", "cat", "chmod", "cp", "date", "dd", "df", "dirname", "echo", "env", "expr", "false", "find", "free",
            "grep", "head", "hostname", "httpd", "id", "ifconfig", "ip", "kill", "killall", "ln", "ls", "md5sum", "mkdir", "mount", "mv", "nc", "netstat", "nproc", "nslookup", "pidof",
            "ping", "printenv", "printf", "ps", "pwd", "readlink", "rm", "route", "sed", "seq", "sh", "sleep", "sort", "stat", "stty", "sync", "tail", "tar", "tee", "test", "time", "timeout", "top",
            "touch", "tr", "true", "tty", "uname", "uptime", "usleep", "vi", "wc", "wget", "which", "whoami", "xargs", "yes");

    private TestImages() {}

    /** Why there can be no images, or empty. */
    public static String missing() {
        return Files.isExecutable(BUSYBOX) ? "" : "Debian's package busybox-static is not installed (" + BUSYBOX + ")";
    }

    /** {@code busybox}: a shell and its usual tools. */
    public static byte[] busybox(String... names) throws IOException {
        return base().command("sh").archive(names);
    }

    /**
     * {@code nginx} in name: answers HTTP on ports 80 and 8080 with nginx's greeting at {@code /} and the pod's name at {@code /hostname},
     * logs to standard error and ends at once on SIGTERM.
     */
    public static byte[] nginx(String... names) throws IOException {
        return base()
                .file("/usr/share/nginx/html/index.html", "<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body></html>\n")
                .symlink("/usr/share/nginx/html/hostname", "/etc/hostname")
                .file("/usr/sbin/nginx", """
                        #!/bin/sh
                        trap 'exit 0' TERM INT QUIT
                        httpd -f -v -p 80 -h /usr/share/nginx/html &
                        httpd -f -v -p 8080 -h /usr/share/nginx/html &
                        echo "serving HTTP on ports 80 and 8080"
                        wait
                        """.getBytes(UTF_8), 0755)
                .command("/usr/sbin/nginx")
                .archive(names);
    }

    private static OciImageBuilder base() throws IOException {
        OciImageBuilder image = new OciImageBuilder(Architecture.current())
                .file("/bin/busybox", Files.readAllBytes(BUSYBOX), 0755)
                .file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n")
                .file("/etc/group", "root:x:0:\nnogroup:x:65534:\n")
                .directory("/root", 0700)
                .directory("/tmp", 01777)
                .directory("/proc", 0555)
                .directory("/sys", 0555)
                .directory("/dev", 0755);
        APPLETS.forEach(applet -> image.symlink("/bin/" + applet, "busybox"));
        return image;
    }
}
