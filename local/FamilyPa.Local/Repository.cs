namespace FamilyPa.Local;

/// <summary>Folders of this clone.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The folder of package.json.</summary>
    public static string LocalFolder => Path.Combine(Root, "local");

    /// <summary>Data of the local run; ignored by git, safe to delete while nothing runs. FAMILYPA_LOCAL_STATE moves it, so that two runs can coexist.</summary>
    public static string StateFolder =>
        Directory.CreateDirectory(Environment.GetEnvironmentVariable("FAMILYPA_LOCAL_STATE") is { Length: > 0 } moved ? moved : Path.Combine(LocalFolder, ".state")).FullName;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FamilyPa.sln")))
                return folder.FullName;
        throw new LocalRunException($"No FamilyPa.sln above {AppContext.BaseDirectory}: run this from a clone of the repository.");
    }
}
