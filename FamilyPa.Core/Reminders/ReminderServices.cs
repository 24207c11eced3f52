using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Reminders;

public static class ReminderServices
{
    /// <summary>Members are reminded of what is due.</summary>
    public static IServiceCollection AddReminders(this IServiceCollection services)
    {
        services.AddOptions<ReminderSettings>().BindConfiguration("Reminders")
            .Validate(settings => settings.AreSensible, "Reminders__Before is at most 12 hours, Reminders__LateAfter at most a day.")
            .ValidateOnStart();
        return services.AddSingleton<ReminderReach>().AddSingleton<DueReminders>().AddSingleton<ReminderSender>().AddSingleton<TaskNotices>().AddSingleton<Digests>();
    }
}
