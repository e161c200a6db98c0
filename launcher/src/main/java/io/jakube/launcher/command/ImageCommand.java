package io.jakube.launcher.command;

import io.jakube.agent.images.ContainerdImages;
import io.jakube.agent.images.ImageArchive;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.component.Containerd;
import io.jakube.launcher.layout.JakubeHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Images on this node. */
@Command(name = "image", mixinStandardHelpOptions = true, description = "Images on this node.", subcommands = {ImageCommand.Load.class, ImageCommand.ListImages.class})
public final class ImageCommand {
    private static ContainerdImages runtime() {
        Containerd containerd = new Containerd(JakubeHome.fromEnvironment());
        if (!containerd.answers()) {
            throw new LaunchException("The node's container runtime does not run (no answer at " + containerd.socket() + "): run ./jakube up first.");
        }
        return new ContainerdImages(containerd.socket());
    }

    /** Imports an archive. */
    @Command(name = "load", mixinStandardHelpOptions = true, description = "Import an OCI or docker-save archive (plain or gzip) into the node's container runtime.")
    static final class Load implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The archive.")
        private Path file;

        @Override
        public Integer call() {
            if (!Files.isReadable(file)) {
                throw new LaunchException("The image archive " + file + " does not exist or cannot be read.");
            }
            ContainerdImages images = runtime();
            try {
                images.load(ImageArchive.open(file)).forEach(name -> System.out.println("Loaded " + name));
                return 0;
            } catch (IOException e) {
                throw new LaunchException("The image archive " + file + " could not be loaded: " + e.getMessage(), e);
            }
        }
    }

    /** Lists images. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the images on the node.")
    static final class ListImages implements Callable<Integer> {
        @Override
        public Integer call() {
            try {
                runtime().names().stream().sorted().forEach(System.out::println);
                return 0;
            } catch (IOException e) {
                throw new LaunchException("The images could not be listed: " + e.getMessage(), e);
            }
        }
    }
}
