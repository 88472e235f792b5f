namespace MediaCore.Grpc.Tests.Interop;

/// <summary>Starts Node.js with the packages that tools/test.sh installs beside the wire tests.</summary>
internal static class NodeModules
{
    public const string Program = "env";

    /// <summary>Arguments of <c>env</c>: the packages' folder, then node with a script of this folder.</summary>
    public static string[] Run(string script, params string[] arguments) => [$"NODE_PATH={Find()}", "node", Path.Combine(AppContext.BaseDirectory, "Interop", script), .. arguments];

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string modules = Path.Combine(folder.FullName, "tests", "MediaCore.Wire.Tests", "node_modules");
            if (Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")))
            {
                return modules;
            }
        }

        throw new DirectoryNotFoundException("@grpc/grpc-js is not installed: run 'npm ci' in tests/MediaCore.Wire.Tests, or tools/test.sh.");
    }
}
