using System.Diagnostics;
using System.Globalization;

namespace FamilyPa.Local.Services;

/// <summary>A temporary folder for one test or load run that every service can enter. The next run deletes the folders of killed runs.</summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    /// <summary>Four times the size of the tests' databases.</summary>
    private const long MemoryNeeded = 1L << 30;

    private static int count;

    private ScratchFolder(string path) => Path = path;

    public string Path { get; }

    /// <param name="inMemory">
    /// Use memory if the machine has enough. Tests create hundreds of databases with several hundred files each, which is slow on a disk's file system.
    /// </param>
    public static async Task<ScratchFolder> CreateAsync(bool inMemory = false)
    {
        var all = inMemory && Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > MemoryNeeded
            ? ReachableFolder.OutsideTheClone(Memory)
            : await ReachableFolder.ForAsync(System.IO.Path.Combine(Repository.StateFolder, "scratch"));
        foreach (var folder in Directory.GetDirectories(all))
            if (!IsOwned(System.IO.Path.GetFileName(folder)))
                Delete(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref count)}");
        return new ScratchFolder(Directory.CreateDirectory(System.IO.Path.Combine(all, name)).FullName);
    }

    public void Dispose() => Delete(Path);

    private static bool IsOwned(string name)
    {
        try
        {
            using var owner = Process.GetProcessById(int.Parse(name.Split('-')[0], CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another run deletes it too, or a service is still closing its files. The next run retries.
        }
    }
}
