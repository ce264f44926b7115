import { serve } from "../_shared/serve.ts";

// alert-notify-44
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-notify-44", id }));
});
