namespace FamilyPa.Local;

/// <summary>Folders of this clone.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The folder of package.json.</summary>
    public static string LocalFolder => Path.Combine(Root, "local");

    /// <summary>
    /// Data of the local run, for its owner only; ignored by git, safe to delete while nothing runs. FAMILYPA_LOCAL_STATE moves it, so that two runs can coexist.
    /// </summary>
    public static string StateFolder { get; } = CreateStateFolder();

    private static string CreateStateFolder()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var moved = Environment.GetEnvironmentVariable("FAMILYPA_LOCAL_STATE");
        var folder = string.IsNullOrEmpty(moved) ? Path.Combine(LocalFolder, ".state") : Path.GetFullPath(moved);
        return (OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, owner)).FullName;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FamilyPa.sln")))
                return folder.FullName;
        throw new LocalRunException($"No FamilyPa.sln above {AppContext.BaseDirectory}: run this from a clone of the repository.");
    }
}
