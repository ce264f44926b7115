import { serve } from "../_shared/serve.ts";

// role-notify-54
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-notify-54", id }));
});
