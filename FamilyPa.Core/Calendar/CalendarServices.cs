using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Calendar;

public static class CalendarServices
{
    /// <summary>Members' calendar programs read due tasks.</summary>
    public static IServiceCollection AddCalendarFeeds(this IServiceCollection services)
    {
        services.AddOptions<CalendarSettings>().BindConfiguration("Calendar")
            .Validate(settings => settings.ReadsPerAddress > 0, "Calendar__ReadsPerAddress must be above 0.")
            .ValidateOnStart();
        return services.AddSingleton<CalendarFeeds>();
    }
}
