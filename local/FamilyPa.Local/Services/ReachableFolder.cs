using System.Security.Cryptography;
using System.Text;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>Finds folders that the database's user can enter. Only root can enter a clone below /root.</summary>
internal static class ReachableFolder
{
    /// <summary>The folder itself, or a counterpart outside the clone when this runs as root and other users cannot enter it.</summary>
    public static async Task<string> ForAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!Privileges.IsRoot || await CanEnterAsync(folder))
            return folder;
        return Directory.CreateDirectory(Path.Combine(OutsideTheClone(), Path.GetFullPath(folder).TrimStart('/'))).FullName;
    }

    /// <summary>A different folder for each clone.</summary>
    /// <param name="parent">The default keeps its content over a reboot.</param>
    public static string OutsideTheClone(string parent = "/var/tmp")
    {
        var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Repository.Root)))[..12];
        return Directory.CreateDirectory(Path.Combine(parent, $"familypa-{clone}")).FullName;
    }

    private static async Task<bool> CanEnterAsync(string folder)
    {
        var (entered, _) = await ChildProcess.RunAsync(new ChildStart("sh", "-c", "cd -- \"$1\"", "sh", folder) { AsNobody = true, WorkingDirectory = "/" });
        return entered;
    }
}
